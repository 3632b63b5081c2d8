// Binding of sigmoid.hpp: NumPy ufuncs (order first) and the jet, which shares the exponential.
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <numpy/arrayobject.h>
#include <numpy/dtype_api.h>
#include <numpy/ufuncobject.h>

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <cstring>
#include <tuple>
#include <type_traits>

#include "binding/c_api.hpp"
#include "binding/family.hpp"
#include "binding/series.hpp"
#include "binding/ufunc_docs.hpp"
#include "binding/xla.hpp"
#include "sigmoid_complex.hpp"
#include "sigmoid_loops.hpp"
#include "tables/tables.hpp"

namespace {

using sigmajet::block;
using sigmajet::Index;
using sigmajet::Loops;
using namespace sigmajet::family;

struct Orders {
    int least, greatest;
};

PyObject* as_object(npy_int64 order) { return PyLong_FromLongLong(order); }
PyObject* as_object(npy_uint64 order) { return PyLong_FromUnsignedLongLong(order); }

template <bool sigmoid_family, typename Order>
int refuse_order(PyArrayMethod_Context* context, Order order, Orders orders) {
    NPY_ALLOW_C_API_DEF
    NPY_ALLOW_C_API
    if (PyObject* number = as_object(order)) {
        if constexpr (!sigmoid_family)
            PyErr_Format(PyExc_ValueError, "%S: order %S is outside %d..%d", context->caller, number, orders.least,
                         orders.greatest);
        else
            PyErr_Format(PyExc_ValueError,
                         "%S: order %S is outside %d..%d; sigmajet.sigmoid_taylor(n, x) gives s^(n)/n! up "
                         "to %d and sigmajet.exact.evaluate(n, x) any order >= 0",
                         context->caller, number, orders.least, orders.greatest,
                         sigmajet::largest_taylor_order);
        Py_DECREF(number);
    }
    NPY_DISABLE_C_API
    return -1;
}

template <typename Value, sigmajet::Complex (*point)(int, sigmajet::Complex)>
void complex_pointwise(int n, const Value* z, Index count, Value* out) {
    for (Index i = 0; i < count; ++i)
        out[i] = static_cast<Value>(point(n, static_cast<sigmajet::Complex>(z[i])));
}

template <typename Order>
bool inside(Order n, Orders orders) {
    if constexpr (std::is_signed_v<Order>) return n >= orders.least && n <= orders.greatest;
    return n <= static_cast<Order>(orders.greatest);
}

// Runs of equal orders that are shorter than this go to the mixed rule: a rule for one order fills its vectors with
// points, and takes as long for one as for all of them.
constexpr Index short_run = 16;

// The points from here on that a mixed rule takes: none of its orders fills a run. All are numbers of the table.
template <typename Order, typename Real>
Index collect(const char* order, const char* from, Index order_stride, Index from_stride, Index most, Orders orders,
              int* n, Real* x) {
    Index count = 0, same = 0;
    for (; count < most; ++count, order += order_stride, from += from_stride) {
        const Order next = *reinterpret_cast<const Order*>(order);
        if (!inside(next, orders)) break;
        n[count] = static_cast<int>(next), x[count] = *reinterpret_cast<const Real*>(from);
        same = count > 0 && n[count] == n[count - 1] ? same + 1 : 1;
        if (same == short_run) return count + 1 - short_run;
    }
    return count;
}

template <typename Order, typename Real, Rule<Real> rule, MixedRule<Real> mixed_rule, int least, int greatest,
          bool sigmoid_family>
int strided_loop(PyArrayMethod_Context* context, char* const* data, const npy_intp* dimensions,
                 const npy_intp* strides, NpyAuxData*) {
    constexpr Orders orders = {least, greatest};
    const char *order = data[0], *from = data[1];
    char* to = data[2];
    Real x[block], out[block];
    int mixed_n[block];
    const bool dense_x = strides[1] == sizeof(Real), dense = strides[2] == sizeof(Real);
    for (npy_intp done = 0; done < dimensions[0];) {
        const Order n = *reinterpret_cast<const Order*>(order);
        if (!inside(n, orders)) return refuse_order<sigmoid_family>(context, n, orders);
        const Index left = dimensions[0] - done;
        Index count = std::min<Index>(dense_x && dense ? longest<Real, rule> : block, left);
        bool one_order = true;
        if (strides[0] != 0) {
            Index run = 1;
            while (run < count && *reinterpret_cast<const Order*>(order + run * strides[0]) == n)
                ++run;
            count = run;
            if constexpr (mixed_rule != nullptr)
                if (run < std::min(short_run, left)) {
                    one_order = false;
                    count = collect<Order>(order, from, strides[0], strides[1], std::min(block, left), orders,
                                           mixed_n, x);
                    mixed_rule(mixed_n, x, count, dense ? reinterpret_cast<Real*>(to) : out);
                }
        }
        if (one_order) {
            if (!dense_x)
                for (Index i = 0; i < count; ++i)
                    x[i] = *reinterpret_cast<const Real*>(from + i * strides[1]);
            rule(static_cast<int>(n), dense_x ? reinterpret_cast<const Real*>(from) : x, count,
                 dense ? reinterpret_cast<Real*>(to) : out);
        }
        if (!dense)
            for (Index i = 0; i < count; ++i)
                *reinterpret_cast<Real*>(to + i * strides[2]) = out[i];
        done += count;
        order += count * strides[0], from += count * strides[1], to += count * strides[2];
    }
    std::feclearexcept(FE_ALL_EXCEPT);  // NumPy reads the flags when it casts besides
    return 0;
}

// Any integer order and any x find a loop: float16 and float32 the one in float32, complex numbers
// one of their own, if there is one, and everything else that NumPy casts to float64 that; a `dtype` asked for
// goes before. Orders that need not fit into int64 have a loop of their own, so that none wraps.
template <bool complex>
int promote(PyObject*, PyArray_DTypeMeta* const given[], PyArray_DTypeMeta* const signature[],
            PyArray_DTypeMeta* chosen[]) {
    PyArray_DTypeMeta* value = &PyArray_DoubleDType;
    if (given[1] == &PyArray_FloatDType || given[1] == &PyArray_HalfDType)
        value = &PyArray_FloatDType;
    else if (complex && given[1] == &PyArray_CFloatDType)
        value = &PyArray_CFloatDType;
    else if (complex && (given[1] == &PyArray_CDoubleDType || given[1] == &PyArray_PyComplexDType))
        value = &PyArray_CDoubleDType;
    if (signature[2] || signature[1]) value = signature[2] ? signature[2] : signature[1];
    const bool no_int64 = given[0] == &PyArray_UInt64DType || given[0] == &PyArray_ULongLongDType;
    chosen[0] = no_int64 ? &PyArray_UInt64DType : &PyArray_Int64DType;
    chosen[1] = chosen[2] = value;
    for (int i = 0; i < 3; ++i) {
        if (signature[i]) chosen[i] = signature[i];
        Py_INCREF(chosen[i]);
    }
    return 0;
}

template <typename Order, typename Real, Rule<Real> rule, MixedRule<Real> mixed_rule, int least, int greatest,
          bool sigmoid_family>
int add_loop_for(PyObject* ufunc, PyArray_DTypeMeta* order, PyArray_DTypeMeta* real) {
    PyArray_DTypeMeta* dtypes[] = {order, real, real};
    PyType_Slot slots[] = {
        {NPY_METH_strided_loop,
         reinterpret_cast<void*>(&strided_loop<Order, Real, rule, mixed_rule, least, greatest, sigmoid_family>)},
        {0, nullptr}};
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

template <typename Real, Rule<Real> rule, MixedRule<Real> mixed_rule, int least, int greatest,
          bool sigmoid_family>
int add_loop(PyObject* ufunc, PyArray_DTypeMeta* real) {
    if (add_loop_for<npy_int64, Real, rule, mixed_rule, least, greatest, sigmoid_family>(
            ufunc, &PyArray_Int64DType, real) < 0)
        return -1;
    return add_loop_for<npy_uint64, Real, rule, mixed_rule, least, greatest, sigmoid_family>(
        ufunc, &PyArray_UInt64DType, real);
}

// What a function does at complex points; `RealOnly` refuses them.
struct RealOnly {
    static constexpr bool complex = false;
    static constexpr char types[] = {NPY_INT64,  NPY_FLOAT,  NPY_FLOAT,  NPY_INT64,  NPY_DOUBLE, NPY_DOUBLE,
                                     NPY_UINT64, NPY_FLOAT,  NPY_FLOAT,  NPY_UINT64, NPY_DOUBLE, NPY_DOUBLE};
    static int add_loops(PyObject*) { return 0; }
};

template <sigmajet::Complex (*point)(int, sigmajet::Complex), int greatest = sigmajet::largest_order>
struct AtComplexPoints {
    static constexpr bool complex = true;
    static constexpr char types[] = {NPY_INT64,  NPY_FLOAT,  NPY_FLOAT,  NPY_INT64,  NPY_DOUBLE,  NPY_DOUBLE,
                                     NPY_UINT64, NPY_FLOAT,  NPY_FLOAT,  NPY_UINT64, NPY_DOUBLE,  NPY_DOUBLE,
                                     NPY_INT64,  NPY_CFLOAT, NPY_CFLOAT, NPY_INT64,  NPY_CDOUBLE, NPY_CDOUBLE,
                                     NPY_UINT64, NPY_CFLOAT, NPY_CFLOAT, NPY_UINT64, NPY_CDOUBLE, NPY_CDOUBLE};
    static int add_loops(PyObject* ufunc) {
        using Single = std::complex<float>;
        using sigmajet::Complex;
        if (add_loop<Complex, complex_pointwise<Complex, point>, nullptr, 0, greatest, true>(
                ufunc, &PyArray_CDoubleDType) < 0)
            return -1;
        return add_loop<Single, complex_pointwise<Single, point>, nullptr, 0, greatest, true>(
            ufunc, &PyArray_CFloatDType);
    }
};

// What `types` says, which NumPy reads from fields that loops of this kind leave empty.
void show_types(PyObject* ufunc, const char* types, std::size_t count) {
    auto* fields = reinterpret_cast<PyUFuncObject*>(ufunc);
    fields->types = types, fields->ntypes = static_cast<int>(count);
}

template <MixedRule<double> rule>
constexpr MixedRule<float> in_single() {
    if constexpr (rule != nullptr) return mixed<float, rule>;
    return nullptr;
}

template <Rule<double> rule, Rule<float> single_rule, MixedRule<double> mixed_rule, int least = 0,
          int greatest = sigmajet::largest_order, typename Complexes = RealOnly, bool sigmoid_family = true>
int add_ufunc(PyObject* module, const char* name, const char* doc) {
    PyObject* ufunc =
        PyUFunc_FromFuncAndData(nullptr, nullptr, nullptr, 0, 2, 1, PyUFunc_None, name, doc, 0);
    if (!ufunc) return -1;
    PyObject* types = PyTuple_Pack(3, Py_None, Py_None, Py_None);
    PyObject* promoter =
        PyCapsule_New(reinterpret_cast<void*>(&promote<Complexes::complex>), "numpy._ufunc_promoter", nullptr);
    const bool failed = !types || !promoter || PyUFunc_AddPromoter(ufunc, types, promoter) < 0 ||
                        add_loop<double, rule, mixed_rule, least, greatest, sigmoid_family>(ufunc, &PyArray_DoubleDType) < 0 ||
                        add_loop<float, single_rule, in_single<mixed_rule>(), least, greatest, sigmoid_family>(ufunc, &PyArray_FloatDType) < 0 ||
                        Complexes::add_loops(ufunc) < 0 ||
                        PyModule_AddObjectRef(module, name, ufunc) < 0;
    if (!failed) show_types(ufunc, Complexes::types, sizeof Complexes::types / 3);
    Py_XDECREF(types);
    Py_XDECREF(promoter);
    Py_DECREF(ufunc);
    return failed ? -1 : 0;
}

template <void (*Loops::* loop)(int, const double*, Index, double*), MixedRule<double> mixed_rule,
          int greatest = sigmajet::largest_order, typename Complexes = RealOnly>
int add_in_blocks(PyObject* module, const char* name, const char* doc) {
    return add_ufunc<in_blocks<double, loop>, in_blocks<float, loop>, mixed_rule, 0, greatest, Complexes>(
        module, name, doc);
}

template <sigmajet::Function function, int least = 0, int greatest = sigmajet::largest_order>
int add_pointwise(PyObject* module, const char* name, const char* doc) {
    return add_ufunc<pointwise<double, function>, pointwise<float, function>, nullptr, least, greatest, RealOnly,
                     false>(module, name, doc);
}

// swish(n, x, slope); special.py sees to the orders and the types.
template <typename Real>
void swish_loop(char** data, const npy_intp* dimensions, const npy_intp* strides, void*) {
    const char *order = data[0], *x = data[1], *slope = data[2];
    char* out = data[3];
    for (npy_intp i = 0; i < dimensions[0]; ++i) {
        const double value = loops->swish(static_cast<int>(*reinterpret_cast<const npy_int64*>(order)),
                                          *reinterpret_cast<const Real*>(x), *reinterpret_cast<const Real*>(slope));
        *reinterpret_cast<Real*>(out) = static_cast<Real>(value);
        order += strides[0], x += strides[1], slope += strides[2], out += strides[3];
    }
    std::feclearexcept(FE_ALL_EXCEPT);
}

int add_swish(PyObject* module) {
    static PyUFuncGenericFunction functions[] = {swish_loop<float>, swish_loop<double>};
    static const char types[] = {NPY_INT64, NPY_FLOAT,  NPY_FLOAT,  NPY_FLOAT,
                                 NPY_INT64, NPY_DOUBLE, NPY_DOUBLE, NPY_DOUBLE};
    PyObject* ufunc =
        PyUFunc_FromFuncAndData(functions, nullptr, types, 2, 3, 1, PyUFunc_None, "swish", nullptr, 0);
    const bool failed = !ufunc || PyModule_AddObjectRef(module, "swish", ufunc) < 0;
    Py_XDECREF(ufunc);
    return failed ? -1 : 0;
}

// sigmoid_jet(order, x, out): C-contiguous, both float64 or both float32, out of shape
// (order + 1, *x.shape); special.py sees to that.
PyObject* sigmoid_jet(PyObject*, PyObject* args) {
    int order;
    PyArrayObject *x, *out;
    if (!PyArg_ParseTuple(args, "iO!O!", &order, &PyArray_Type, &x, &PyArray_Type, &out))
        return nullptr;
    const bool single = PyArray_TYPE(x) == NPY_FLOAT;
    const Index size = PyArray_SIZE(x);
    const void* from = PyArray_DATA(x);
    void* to = PyArray_DATA(out);
    Py_BEGIN_ALLOW_THREADS
    if (single)
        loops->jet_single(order, static_cast<const float*>(from), size, 1, static_cast<float*>(to), size);
    else
        loops->jet(order, static_cast<const double*>(from), size, 1, static_cast<double*>(to), size);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

// The same for another function.
template <void (*Loops::* jet)(int, const double*, Index, double*, Index),
          void (*Loops::* single)(int, const float*, Index, float*, Index)>
PyObject* other_jet(PyObject*, PyObject* args) {
    int order;
    PyArrayObject *x, *out;
    if (!PyArg_ParseTuple(args, "iO!O!", &order, &PyArray_Type, &x, &PyArray_Type, &out))
        return nullptr;
    const Index size = PyArray_SIZE(x);
    const bool in_single = PyArray_TYPE(x) == NPY_FLOAT;
    const void* from = PyArray_DATA(x);
    void* to = PyArray_DATA(out);
    Py_BEGIN_ALLOW_THREADS
    if (in_single)
        (loops->*single)(order, static_cast<const float*>(from), size, static_cast<float*>(to), size);
    else
        (loops->*jet)(order, static_cast<const double*>(from), size, static_cast<double*>(to), size);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

// instruction_sets() -> names, the fastest first; use_instruction_set(name), for tests.
PyObject* instruction_sets(PyObject*, PyObject*) {
    PyObject* names = PyList_New(0);
    for (auto set = sigmajet::usable_loops(); names && *set; ++set) {
        PyObject* name = PyUnicode_FromString((*set)->name);
        if (!name || PyList_Append(names, name) < 0) Py_CLEAR(names);
        Py_XDECREF(name);
    }
    return names;
}

PyObject* use_instruction_set(PyObject*, PyObject* args) {
    const char* name;
    if (!PyArg_ParseTuple(args, "s", &name)) return nullptr;
    for (auto set = sigmajet::usable_loops(); *set; ++set)
        if (std::strcmp((*set)->name, name) == 0) {
            loops = *set;
            Py_RETURN_NONE;
        }
    return PyErr_Format(PyExc_ValueError, "%s: not an instruction set of this processor", name);
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

// Row j: x_j in three words, then p_j in two, for evaluation by other array libraries.
PyObject* zero_words(PyObject*, PyObject* args) {
    int n;
    if (!PyArg_ParseTuple(args, "i", &n)) return nullptr;
    const int first = sigmajet::first_zero(n);
    static_assert(sizeof(sigmajet::Zero) == 5 * sizeof(double));
    npy_intp shape[] = {sigmajet::first_zero(n + 1) - first, 5};
    PyObject* result = PyArray_SimpleNew(2, shape, NPY_DOUBLE);
    if (!result) return nullptr;
    std::memcpy(PyArray_DATA(reinterpret_cast<PyArrayObject*>(result)), sigmajet::zeros + first,
                shape[0] * sizeof(sigmajet::Zero));
    return result;
}

PyMethodDef methods[] = {{"sigmoid_jet", sigmoid_jet, METH_VARARGS, nullptr},
                         {"tanh_jet", other_jet<&Loops::tanh_jet, &Loops::tanh_jet_single>, METH_VARARGS, nullptr},
                         {"silu_jet", other_jet<&Loops::silu_jet, &Loops::silu_jet_single>, METH_VARARGS, nullptr},
                         {"bose_jet", other_jet<&Loops::bose_jet, &Loops::bose_jet_single>, METH_VARARGS, nullptr},
                         {"instruction_sets", instruction_sets, METH_NOARGS, nullptr},
                         {"use_instruction_set", use_instruction_set, METH_VARARGS, nullptr},
                         {"series_activation", sigmajet::series_binding::activation, METH_VARARGS, nullptr},
                         {"series_product", sigmajet::series_binding::product_of, METH_VARARGS, nullptr},
                         {"xla_handlers", sigmajet::xla::handlers, METH_NOARGS, nullptr},
                         {"positive_zeros", positive_zeros, METH_VARARGS, nullptr},
                         {"zero_words", zero_words, METH_VARARGS, nullptr},
                         {nullptr, nullptr, 0, nullptr}};

int fill(PyObject* module) {
    using namespace sigmajet;
    if (PyArray_ImportNumPyAPI() < 0 || PyUFunc_ImportUFuncAPI() < 0) return -1;
    constexpr int integrals = largest_integral, order = largest_order;
    const bool failed =
        add_ufunc<family::sigmoid<double>, family::sigmoid<float>, family::sigmoid_orders, -integrals, order,
                  AtComplexPoints<complex_sigmoid>>(module, "sigmoid", docs::sigmoid) < 0 ||
        add_ufunc<family::tanh<double>, family::tanh<float>, family::tanh_orders, 0, order, AtComplexPoints<complex_tanh>>(
            module, "tanh", docs::tanh) < 0 ||
        add_ufunc<family::softplus<double>, family::softplus<float>, family::softplus_orders, 1 - integrals, order + 1,
                  AtComplexPoints<complex_softplus, order + 1>>(module, "softplus", docs::softplus) < 0 ||
        add_in_blocks<&Loops::silu, orders_in_blocks<&Loops::silu_orders>, order, AtComplexPoints<complex_silu>>(module, "silu", docs::silu) < 0 ||
        add_in_blocks<&Loops::bose, family::bose_orders, order, AtComplexPoints<complex_bose>>(module, "bose", docs::bose) < 0 ||
        add_in_blocks<&Loops::coth, family::coth_orders, order, AtComplexPoints<complex_coth>>(module, "coth", docs::coth) < 0 ||
        add_in_blocks<&Loops::sigmoid_taylor, orders_in_blocks<&Loops::taylor_orders>, largest_taylor_order>(module, "sigmoid_taylor",
                                                                    docs::sigmoid_taylor) < 0 ||
        add_ufunc<log_sigmoid<double>, log_sigmoid<float>, nullptr, 0, order + 1>(module, "log_sigmoid",
                                                                                 docs::log_sigmoid) < 0 ||
        add_pointwise<Function::gaussian>(module, "gaussian", docs::gaussian) < 0 ||
        add_pointwise<Function::erf>(module, "erf", docs::erf) < 0 ||
        add_pointwise<Function::gelu>(module, "gelu", docs::gelu) < 0 ||
        add_pointwise<Function::arctan>(module, "arctan", docs::arctan) < 0 ||
        add_pointwise<Function::logit>(module, "logit", docs::logit) < 0 ||
        add_pointwise<Function::softsign>(module, "softsign", docs::softsign) < 0 ||
        add_pointwise<Function::mish>(module, "mish", docs::mish) < 0 || add_swish(module) < 0 ||
        add_pointwise<Function::fermi_dirac_half, -1, 5>(module, "fermi_dirac_half", nullptr) < 0 ||
        add_pointwise<Function::bose_einstein_half, -1, 5>(module, "bose_einstein_half", nullptr) < 0 ||
        c_api::add(module) < 0 || PyModule_AddIntConstant(module, "largest_order", order) < 0;
    return failed ? -1 : 0;
}

// Several phases: a module for each import, and the lock is not needed where Python can do without it. NumPy
// itself knows one interpreter.
PyModuleDef_Slot phases[] = {
    {Py_mod_exec, reinterpret_cast<void*>(fill)},
#if defined(Py_mod_multiple_interpreters)
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED},
#endif
#if defined(Py_mod_gil)
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, nullptr}};

PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT, "_special", nullptr, 0, methods, phases, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__special() { return PyModuleDef_Init(&module_definition); }
