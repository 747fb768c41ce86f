// Carries precompiled headers that several targets use.
