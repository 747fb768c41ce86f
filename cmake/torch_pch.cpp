// Carries the precompiled <ATen/ATen.h> that the other folders reuse.
