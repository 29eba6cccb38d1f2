"""Reads of analytics: scoped to the actor, or plain inputs of its services."""
