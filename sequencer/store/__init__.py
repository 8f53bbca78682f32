"""The only place that speaks SQLAlchemy: one file per noun, plain functions on a connection."""
