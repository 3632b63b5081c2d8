// Binding of sigmoid.hpp: NumPy ufuncs (order first) and the jet, which shares the exponential.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <numpy/arrayobject.h>
#include <numpy/dtype_api.h>
#include <numpy/ufuncobject.h>

#include "sigmoid.hpp"

namespace {

using Rule = double (*)(int, double);

int refuse_order(PyArrayMethod_Context* context, npy_intp order) {
    NPY_ALLOW_C_API_DEF
    NPY_ALLOW_C_API
    PyErr_Format(PyExc_ValueError,
                 "%S: order %zd is outside 0..%d; beyond it sigmajet.sigmoid_taylor(n, x) gives "
                 "s^(n)/n! and sigmajet.exact.evaluate(n, x) any order",
                 context->caller, order, sigmajet::largest_order);
    NPY_DISABLE_C_API
    return -1;
}

template <typename Real, Rule rule>
int strided_loop(PyArrayMethod_Context* context, char* const* data, const npy_intp* dimensions,
                 const npy_intp* strides, NpyAuxData*) {
    const char *order = data[0], *x = data[1];
    char* out = data[2];
    for (npy_intp i = 0; i < dimensions[0]; ++i) {
        const npy_int64 n = *reinterpret_cast<const npy_int64*>(order);
        if (n < 0 || n > sigmajet::largest_order) return refuse_order(context, n);
        *reinterpret_cast<Real*>(out) =
            static_cast<Real>(rule(static_cast<int>(n), *reinterpret_cast<const Real*>(x)));
        order += strides[0], x += strides[1], out += strides[2];
    }
    return 0;
}

// Any integer order and any real x find one of the two loops: float16 and float32 the loop in
// float32, everything else that NumPy casts to float64 the loop in float64.
int promote(PyObject*, PyArray_DTypeMeta* const given[], PyArray_DTypeMeta* const signature[],
            PyArray_DTypeMeta* chosen[]) {
    const bool single = given[1] == &PyArray_FloatDType || given[1] == &PyArray_HalfDType;
    PyArray_DTypeMeta* real = single ? &PyArray_FloatDType : &PyArray_DoubleDType;
    chosen[0] = &PyArray_Int64DType;
    chosen[1] = chosen[2] = real;
    for (int i = 0; i < 3; ++i) {
        if (signature[i]) chosen[i] = signature[i];
        Py_INCREF(chosen[i]);
    }
    return 0;
}

template <typename Real, Rule rule>
int add_loop(PyObject* ufunc, PyArray_DTypeMeta* real) {
    PyArray_DTypeMeta* dtypes[] = {&PyArray_Int64DType, real, real};
    PyType_Slot slots[] = {
        {NPY_METH_strided_loop, reinterpret_cast<void*>(&strided_loop<Real, rule>)}, {0, nullptr}};
    PyArrayMethod_Spec spec = {};
    spec.name = "order_first";
    spec.nin = 2;
    spec.nout = 1;
    spec.casting = NPY_NO_CASTING;
    spec.flags = NPY_METH_NO_FLOATINGPOINT_ERRORS;  // infinities and zeros are answers here
    spec.dtypes = dtypes;
    spec.slots = slots;
    return PyUFunc_AddLoopFromSpec(ufunc, &spec);
}

template <Rule rule>
int add_ufunc(PyObject* module, const char* name, const char* doc) {
    PyObject* ufunc =
        PyUFunc_FromFuncAndData(nullptr, nullptr, nullptr, 0, 2, 1, PyUFunc_None, name, doc, 0);
    if (!ufunc) return -1;
    PyObject* types = PyTuple_Pack(3, Py_None, Py_None, Py_None);
    PyObject* promoter =
        PyCapsule_New(reinterpret_cast<void*>(&promote), "numpy._ufunc_promoter", nullptr);
    const bool failed = !types || !promoter || PyUFunc_AddPromoter(ufunc, types, promoter) < 0 ||
                        add_loop<double, rule>(ufunc, &PyArray_DoubleDType) < 0 ||
                        add_loop<float, rule>(ufunc, &PyArray_FloatDType) < 0 ||
                        PyModule_AddObjectRef(module, name, ufunc) < 0;
    Py_XDECREF(types);
    Py_XDECREF(promoter);
    Py_DECREF(ufunc);
    return failed ? -1 : 0;
}

// sigmoid_jet(order, x, out): float64 and C-contiguous, out of shape (order + 1, *x.shape);
// special.py sees to that.
PyObject* sigmoid_jet(PyObject*, PyObject* args) {
    int order;
    PyArrayObject *x, *out;
    if (!PyArg_ParseTuple(args, "iO!O!", &order, &PyArray_Type, &x, &PyArray_Type, &out))
        return nullptr;
    const npy_intp count = PyArray_SIZE(x);
    const auto* from = static_cast<const double*>(PyArray_DATA(x));
    auto* to = static_cast<double*>(PyArray_DATA(out));
    Py_BEGIN_ALLOW_THREADS
    sigmajet::sigmoid_jet(order, from, count, to, count);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

// sigmoid_zeros(n) -> the positive zeros of s^(n), ascending.
PyObject* positive_zeros(PyObject*, PyObject* args) {
    int n;
    if (!PyArg_ParseTuple(args, "i", &n)) return nullptr;
    const int first = sigmajet::first_zero(n);
    npy_intp count = sigmajet::first_zero(n + 1) - first;
    PyObject* result = PyArray_SimpleNew(1, &count, NPY_DOUBLE);
    if (!result) return nullptr;
    auto* to = static_cast<double*>(PyArray_DATA(reinterpret_cast<PyArrayObject*>(result)));
    for (npy_intp j = 0; j < count; ++j) to[j] = sigmajet::zeros[first + j].x;
    return result;
}

PyMethodDef methods[] = {{"sigmoid_jet", sigmoid_jet, METH_VARARGS, nullptr},
                         {"positive_zeros", positive_zeros, METH_VARARGS, nullptr},
                         {nullptr, nullptr, 0, nullptr}};

PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT, "_special", nullptr, -1, methods, nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__special() {
    import_array();
    import_umath();
    PyObject* module = PyModule_Create(&module_definition);
    if (!module) return nullptr;
    if (add_ufunc<sigmajet::sigmoid>(module, "sigmoid", nullptr) < 0 ||
        add_ufunc<sigmajet::tanh>(module, "tanh", nullptr) < 0 ||
        add_ufunc<sigmajet::softplus>(module, "softplus", nullptr) < 0 ||
        add_ufunc<sigmajet::silu>(module, "silu", nullptr) < 0 ||
        add_ufunc<sigmajet::bose>(module, "bose", nullptr) < 0 ||
        add_ufunc<sigmajet::sigmoid_taylor>(module, "sigmoid_taylor", nullptr) < 0 ||
        PyModule_AddIntConstant(module, "largest_order", sigmajet::largest_order) < 0) {
        Py_DECREF(module);
        return nullptr;
    }
    return module;
}
