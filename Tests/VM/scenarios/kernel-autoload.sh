# What the kernel does if nothing blocks the module: opening a socket loads it.

expect_module absent
expect_socket ok
expect_module live
expect_association
