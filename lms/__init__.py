"""Cairn: an AI-native learning management system."""

from lms.celery import app as celery_app

__all__ = ["celery_app"]
