"""What a customer's user sees."""
