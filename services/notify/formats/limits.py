"""How much a conversion may take: the operator's settings."""

from shared.conversion_limits import ConversionSettings

__all__ = ["ConversionSettings"]
