"""What goes out of Cairn and comes in: calendars."""
