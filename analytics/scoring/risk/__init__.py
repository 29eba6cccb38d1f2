"""The risk of failing or leaving: figures of a learner's work, models of our own form, reasons."""
