"""What C, Cython and numba call gives the numbers of the ufuncs."""

import ctypes
import importlib.util
import shutil
import subprocess
import sysconfig
from pathlib import Path

import numpy as np
import pytest

import sigmajet as sj
from sigmajet.kernel import _special

EXTENSION = """
#include "sigmajet.h"

static PyObject *values(PyObject *module, PyObject *args) {
    int n;
    double x, out[3], jet[6], mish[2];
    const struct sigmajet_api *sj = sigmajet_import();
    if (!sj || !PyArg_ParseTuple(args, "id", &n, &x)) return NULL;
    out[0] = x, out[1] = -x, out[2] = 2 * x;
    sj->tanh.loop(n, out, 3, out);
    sj->sigmoid_jet(1, out, 3, jet);
    mish[0] = x, mish[1] = -x;
    sj->mish.loop(n, mish, 2, mish);
    return Py_BuildValue("dddddddd", sj->sigmoid.point(n, x), sj->sigmoid_taylor.point(n, x),
                         out[1], jet[2], jet[5], mish[1], sj->swish(n, x, 1.702),
                         sj->swish(201, x, 1.0));
}

static PyMethodDef methods[] = {{"values", values, METH_VARARGS, 0}, {0, 0, 0, 0}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "user", 0, -1, methods, 0, 0, 0, 0};
PyMODINIT_FUNC PyInit_user(void) { return PyModule_Create(&definition); }
"""


@pytest.mark.skipif(shutil.which("gcc") is None, reason="an extension needs a compiler")
def test_an_extension_in_c_calls_the_functions(tmp_path):
    source = tmp_path / "user.c"
    source.write_text(EXTENSION)
    target = tmp_path / f"user{sysconfig.get_config_var('EXT_SUFFIX')}"
    folders = [f"-I{sj.get_include()}", f"-I{sysconfig.get_paths()['include']}"]
    command = ["gcc", "-std=c99", "-Wall", "-Werror", "-shared", "-fPIC", *folders, source]
    subprocess.run([*command, "-o", target], check=True)
    specification = importlib.util.spec_from_file_location("user", target)
    user = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(user)
    inner = sj.tanh(3, np.array([0.4, -0.4, 0.8]))
    jet = sj.sigmoid_jet(1, inner)
    expected = (sj.sigmoid(3, 0.4), sj.sigmoid_taylor(3, 0.4), inner[1], jet[0, 2], jet[1, 2])
    expected += (sj.mish(3, -0.4), sj.swish(3, 0.4, 1.702))
    assert user.values(3, 0.4)[:-1] == expected
    assert np.isnan(user.values(3, 0.4)[-1])


def entry_point(name):
    """The function that Cython and numba find by this name."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    address = pointer(_special.__pyx_capi__[name], b"double (int, double)")
    return ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_int, ctypes.c_double)(address)


@pytest.mark.parametrize("name", _special.__pyx_capi__)
def test_entry_points_give_the_numbers_of_the_ufuncs(name):
    function = entry_point(name)
    for n in (0, 1, 2, 8, 41):
        for x in (-3.0, 0.7, 700.0):
            np.testing.assert_equal(function(n, x), getattr(sj, name)(n, x))
    assert np.isnan(function(601, 0.5))
    assert np.isnan(function(-9, 0.5))


def test_cython_is_told_of_every_entry_point():
    declared = Path(_special.__file__).with_name("_special.pxd")
    if not declared.exists():  # an editable installation keeps it beside the sources
        declared = Path(sj.get_include()).parent / "_special.pxd"
    for name in _special.__pyx_capi__:
        assert f"cdef double {name}(int n, double x) noexcept nogil" in declared.read_text()
