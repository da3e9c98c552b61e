"""The rules of atoms, free of any framework. Where its core was compiled, those modules come from there."""

from atoms import compiled

compiled.use(__path__)
