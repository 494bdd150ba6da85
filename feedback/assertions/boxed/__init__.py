"""What runs in the processes that `feedback.assertions.sandbox` starts. Of ours it imports only itself.

`lock`: the wall around both. `guest`: runs the code. `trial`: runs the test, asks the guest for what the
code's names give, and tells. `values` and `wire`: what goes between the two. See docs/decisions/0020.
"""
