"""WORLD (Morise et al. 2016), the vocoder whose pitch tracker is used here."""

import warnings
from functools import cache
from types import ModuleType
from typing import cast


@cache
def world() -> ModuleType:
    """pyworld, without its warning about setuptools, which is nothing that a user could mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyworld
    return cast(ModuleType, pyworld)
