"""One module or package per outside world; none of them knows another one."""
