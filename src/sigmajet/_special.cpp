// Placeholder until the kernel lands in the next commit.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyModuleDef module = {PyModuleDef_HEAD_INIT, "_special", nullptr, -1, nullptr};

PyMODINIT_FUNC PyInit__special() { return PyModule_Create(&module); }
