"""People's rights over their own data: erasure, and how what was erased stays so."""
