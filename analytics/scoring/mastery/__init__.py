"""Mastery of skills from answers: knowledge tracing and a model of the answers before."""
