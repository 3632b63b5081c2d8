// Taylor series of whole layers for Python and for XLA: the loops of loops/series.hpp on several threads.
#pragma once

#include <algorithm>
#include <cstring>
#include <system_error>
#include <thread>
#include <tuple>
#include <vector>

#include "family.hpp"

namespace sigmajet::series_binding {

template <typename Real>
const SeriesLoops<Real>& loops() {
    if constexpr (sizeof(Real) == sizeof(double))
        return family::loops->series;
    else
        return family::loops->series_single;
}

// Products of coefficients below which a thread costs more than it saves: starting one takes some 30 us, in which
// a core does about that many.
constexpr Index worth_a_thread = 1 << 18;

// Call work(from, until) for parts of the elements, whole blocks each.
template <typename Work>
void in_parts(Index count, Index products, int threads, Work work) {
    const Index most = std::min<Index>(threads, products / worth_a_thread);
    const Index each = most > 1 ? ((count + most - 1) / most + block - 1) / block * block : count;
    std::vector<std::thread> others;
    Index rest = each;
    try {
        for (; rest < count; rest += each) others.emplace_back(work, rest, std::min(rest + each, count));
    } catch (const std::system_error&) {  // no more threads: this one does what is left
        work(rest, count);
    }
    work(Index{0}, std::min(each, count));
    for (auto& other : others) other.join();
}

template <typename Real>
void activated(Activation activation, const ActivatedSeries<Real>& task, int threads) {
    const Index products = task.count * task.directions * task.order * task.order;
    in_parts(task.count, products, threads,
             [&](Index from, Index until) { loops<Real>().activated(activation, task, from, until); });
}

template <typename Real>
void product(bool transposed, const SeriesProduct<Real>& task, int threads) {
    const Index products = task.count * task.directions * task.order * std::max(task.given_a, 1);
    const auto work = transposed ? loops<Real>().correlated : loops<Real>().multiplied;
    in_parts(task.count, products, threads, [&](Index from, Index until) { work(task, from, until); });
}

// A C-contiguous array of coefficients: (given, directions, count), or (count) for the coefficient 0.
template <typename Real>
Real* data(PyArrayObject* array) {
    return static_cast<Real*>(PyArray_DATA(array));
}
inline int rows(PyArrayObject* array) { return static_cast<int>(PyArray_DIM(array, 0)); }

template <typename Real>
void activate(Activation activation, PyArrayObject* const* arrays, bool slopes, int threads) {
    const auto [first, rest, value, values, slope, further] =
        std::tuple(arrays[0], arrays[1], arrays[2], arrays[3], arrays[4], arrays[5]);
    const ActivatedSeries<Real> task = {rows(values),
                                        rows(rest),
                                        PyArray_DIM(values, 1),
                                        PyArray_DIM(values, 2),
                                        data<Real>(first),
                                        data<Real>(rest),
                                        data<Real>(value),
                                        data<Real>(values),
                                        slopes ? data<Real>(slope) : nullptr,
                                        slopes ? data<Real>(further) : nullptr};
    Py_BEGIN_ALLOW_THREADS
    activated(activation, task, threads);
    Py_END_ALLOW_THREADS
}

// series_activation(name, threads, slopes, first, rest, value, values, slope, further); torch/fused.py sees to shapes.
inline PyObject* activation(PyObject*, PyObject* args) {
    const char* name;
    int threads, slopes;
    PyArrayObject* arrays[6];
    if (!PyArg_ParseTuple(args, "sipO!O!O!O!O!O!", &name, &threads, &slopes, &PyArray_Type, arrays, &PyArray_Type,
                          arrays + 1, &PyArray_Type, arrays + 2, &PyArray_Type, arrays + 3, &PyArray_Type, arrays + 4,
                          &PyArray_Type, arrays + 5))
        return nullptr;
    const auto which = std::strcmp(name, "tanh") == 0 ? Activation::tanh : Activation::sigmoid;
    if (PyArray_TYPE(arrays[0]) == NPY_FLOAT)
        activate<float>(which, arrays, slopes, threads);
    else
        activate<double>(which, arrays, slopes, threads);
    Py_RETURN_NONE;
}

template <typename Real>
void multiply(bool transposed, PyArrayObject* const* arrays, int threads) {
    const SeriesProduct<Real> task = {rows(arrays[5]),          rows(arrays[1]),          rows(arrays[3]),
                                      PyArray_DIM(arrays[5], 1), PyArray_DIM(arrays[5], 2), data<Real>(arrays[0]),
                                      data<Real>(arrays[1]),    data<Real>(arrays[2]),    data<Real>(arrays[3]),
                                      data<Real>(arrays[4]),    data<Real>(arrays[5])};
    Py_BEGIN_ALLOW_THREADS
    product(transposed, task, threads);
    Py_END_ALLOW_THREADS
}

// series_product(transposed, threads, a_first, a_rest, b_first, b_rest, first, rest)
inline PyObject* product_of(PyObject*, PyObject* args) {
    int transposed, threads;
    PyArrayObject* arrays[6];
    if (!PyArg_ParseTuple(args, "piO!O!O!O!O!O!", &transposed, &threads, &PyArray_Type, arrays, &PyArray_Type, arrays + 1,
                          &PyArray_Type, arrays + 2, &PyArray_Type, arrays + 3, &PyArray_Type, arrays + 4,
                          &PyArray_Type, arrays + 5))
        return nullptr;
    if (PyArray_TYPE(arrays[0]) == NPY_FLOAT)
        multiply<float>(transposed, arrays, threads);
    else
        multiply<double>(transposed, arrays, threads);
    Py_RETURN_NONE;
}

}  // namespace sigmajet::series_binding
