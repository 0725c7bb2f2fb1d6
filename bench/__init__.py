"""The speed figures: a pipeline that only passes mail on, the product, one load for both."""
