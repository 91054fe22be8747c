// Carries the precompiled header that the tests of all rooms share; doctest_main.cpp cannot, because it
// configures doctest.
