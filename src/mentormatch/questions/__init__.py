"""What a policy asks of a cohort, put into integers: pairs, groups, equals, mutual choice."""
