"""Mail: letters to people, written with what they tell of and sent after it."""
