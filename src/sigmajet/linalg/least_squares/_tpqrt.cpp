// QR of a triangle on top of rows: LAPACK's dtpqrt, with the interpreter's lock released.
//
// SciPy links a LAPACK and exports its routines to Cython as capsules, each named by its signature. Taking the
// routine from there needs no LAPACK at build time. `scipy.linalg.lapack.dtpqrt` is the same routine under the lock.

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace {

template <class Integer>
using Routine = void (*)(Integer *m, Integer *n, Integer *l, Integer *nb, double *a, Integer *lda, double *b,
                         Integer *ldb, double *t, Integer *ldt, double *work, Integer *info);

void *routine;
bool long_integers;  // of a LAPACK with 64-bit integers

template <class Integer>
int call(double *triangle, double *rows, Integer high, Integer wide, Integer panel, bool triangular) {
    std::vector<double> reflectors(static_cast<std::size_t>(wide) * panel), work(reflectors.size());
    Integer corner = triangular ? high : 0, info = 0, stride = high > 0 ? high : 1;
    reinterpret_cast<Routine<Integer>>(routine)(&high, &wide, &corner, &panel, triangle, &wide, rows, &stride,
                                                reflectors.data(), &panel, work.data(), &info);
    return static_cast<int>(info);
}

// A writable matrix of doubles, columns one after the other, for as long as this lives.
struct Matrix {
    Py_buffer view{};

    bool open(PyObject *object) {
        if (PyObject_GetBuffer(object, &view, PyBUF_WRITABLE | PyBUF_F_CONTIGUOUS | PyBUF_FORMAT) < 0) return false;
        if (view.ndim == 2 && std::strcmp(view.format, "d") == 0) return true;
        PyErr_SetString(PyExc_TypeError, "expected matrices of float64 in Fortran order");
        return false;
    }
    double *data() const { return static_cast<double *>(view.buf); }
    ~Matrix() { PyBuffer_Release(&view); }
};

PyObject *tpqrt(PyObject *, PyObject *arguments) {
    PyObject *first, *second;
    int panel, triangular;
    if (!PyArg_ParseTuple(arguments, "OOip", &first, &second, &panel, &triangular)) return nullptr;
    Matrix triangle, rows;
    if (!triangle.open(first) || !rows.open(second)) return nullptr;
    const Py_ssize_t high = rows.view.shape[0], wide = rows.view.shape[1];
    if (triangle.view.shape[0] != wide || triangle.view.shape[1] != wide || panel < 1 || panel > wide ||
        high > INT32_MAX || wide > INT32_MAX || (triangular && high > wide)) {
        PyErr_SetString(PyExc_ValueError, "expected a triangle (n, n), rows (m, n) and a panel of 1 to n columns");
        return nullptr;
    }
    int info;
    Py_BEGIN_ALLOW_THREADS
    info = long_integers ? call<std::int64_t>(triangle.data(), rows.data(), high, wide, panel, triangular)
                         : call<int>(triangle.data(), rows.data(), static_cast<int>(high), static_cast<int>(wide),
                                     panel, triangular);
    Py_END_ALLOW_THREADS
    if (info != 0) return PyErr_Format(PyExc_ValueError, "argument %d of dtpqrt is not valid", -info);
    Py_RETURN_NONE;
}

bool find_routine() {
    PyObject *module = PyImport_ImportModule("scipy.linalg.cython_lapack");
    PyObject *exported = module ? PyObject_GetAttrString(module, "__pyx_capi__") : nullptr;
    PyObject *capsule = exported ? PyMapping_GetItemString(exported, "dtpqrt") : nullptr;
    if (capsule) {
        const char *signature = PyCapsule_GetName(capsule);
        routine = signature ? PyCapsule_GetPointer(capsule, signature) : nullptr;
        long_integers = signature && std::strncmp(signature, "void (int *", 11) != 0;
    }
    Py_XDECREF(capsule);  // the module, which stays loaded, holds it
    Py_XDECREF(exported);
    Py_XDECREF(module);
    return routine != nullptr;
}

PyMethodDef methods[] = {
    {"tpqrt", tpqrt, METH_VARARGS, "tpqrt(triangle, rows, panel, triangular): both in place."},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_tpqrt", nullptr, -1, methods, nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__tpqrt() {
    return find_routine() ? PyModule_Create(&definition) : nullptr;
}
