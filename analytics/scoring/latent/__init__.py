"""Latent traits: the one- and two-parameter logistic models of questions, fitted by our own EM."""
