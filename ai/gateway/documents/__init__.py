"""Office documents, PDF and web pages as Markdown: text kept, form simplified, losses said."""
