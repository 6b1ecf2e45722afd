"""Text that its daemon cannot read, or reads as something else than it says."""
