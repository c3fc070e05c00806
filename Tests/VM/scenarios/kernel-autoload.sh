# What the kernel does with nothing in the way: opening a socket is not a neutral look.

expect_module absent
expect_socket ok
expect_module live
expect_association
