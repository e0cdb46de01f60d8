"""Who could be matched with whom: allowed pairs with their raw scores."""
