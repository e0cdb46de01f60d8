"""What a school decides: rules, criteria with weights, limits and goals, kept in one file."""
