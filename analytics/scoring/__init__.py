"""Pure formulas: figures in, figures and words out. Nothing here reads or writes the database."""
