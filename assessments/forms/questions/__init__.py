"""One form per question type: how it is written, and how a plain form post answers it."""
