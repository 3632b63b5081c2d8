// The series of whole layers for XLA on the CPU, by its interface for foreign functions.
//
// Of that interface (xla/ffi/api/c_api.h, version 0.3; sizes and versions in it guard its layout) the parts that are
// read are declared here, so that nothing of XLA is needed to build. Shapes say all there is to know: no attributes.
#pragma once

#include <cstdint>

#include "series.hpp"

namespace sigmajet::xla {

struct Extension {
    std::size_t size;
    int type;
    Extension* next;
};
struct Version {
    std::size_t size;
    Extension* extension;
    int major, minor;
};
struct Metadata {
    std::size_t size;
    Version version;
    std::uint32_t traits;
};
struct MetadataExtension {
    Extension base;
    Metadata* metadata;
};
struct Buffer {
    std::size_t size;
    Extension* extension;
    int type;
    void* data;
    std::int64_t rank;
    std::int64_t* lengths;

    std::int64_t product(std::int64_t from) const {
        std::int64_t result = 1;
        for (std::int64_t i = from; i < rank; ++i) result *= lengths[i];
        return result;
    }
    int rows() const { return static_cast<int>(lengths[0]); }
};
struct Buffers {
    std::size_t size;
    Extension* extension;
    std::int64_t count;
    int* types;
    void** all;

    const Buffer& operator[](int i) const { return *static_cast<const Buffer*>(all[i]); }
};
struct Call {
    std::size_t size;
    Extension* extension;
    const void* api;
    void* context;
    int stage;
    Buffers arguments, results;
};

constexpr int about_metadata = 1, type_float = 11, executing = 3;

template <typename Real>
Real* numbers(const Buffer& buffer) {
    return static_cast<Real*>(buffer.data);
}

// first (*s), rest (given, R, *s) -> value, values (order, R, *s), and slope, slopes if there are four results. One thread:
// XLA has its own.
template <typename Real, Activation activation>
void activate(const Buffers& from, const Buffers& to) {
    const Buffer &first = from[0], &rest = from[1], &values = to[1];
    const bool slopes = to.count == 4;
    const ActivatedSeries<Real> task = {values.rows(),
                                        rest.rows(),
                                        values.lengths[1],
                                        first.product(0),
                                        numbers<Real>(first),
                                        numbers<Real>(rest),
                                        numbers<Real>(to[0]),
                                        numbers<Real>(values),
                                        slopes ? numbers<Real>(to[2]) : nullptr,
                                        slopes ? numbers<Real>(to[3]) : nullptr};
    series_binding::activated(activation, task, 1);
}

// first (*s), rest (given, R, *s) of both operands -> first, rest (order, R, *s)
template <typename Real, bool transposed>
void multiply(const Buffers& from, const Buffers& to) {
    const Buffer &a = from[1], &b = from[3], &rest = to[1];
    const SeriesProduct<Real> task = {rest.rows(),
                                      a.rows(),
                                      b.rows(),
                                      rest.lengths[1],
                                      to[0].product(0),
                                      numbers<Real>(from[0]),
                                      numbers<Real>(a),
                                      numbers<Real>(from[2]),
                                      numbers<Real>(b),
                                      numbers<Real>(to[0]),
                                      numbers<Real>(rest)};
    series_binding::product(transposed, task, 1);
}

template <void (*single)(const Buffers&, const Buffers&), void (*wide)(const Buffers&, const Buffers&)>
void* handler(Call* call) {
    if (call->extension && call->extension->type == about_metadata) {
        Version& version = reinterpret_cast<MetadataExtension*>(call->extension)->metadata->version;
        version.major = 0, version.minor = 3;
    } else if (call->stage == executing) {
        (call->arguments[0].type == type_float ? single : wide)(call->arguments, call->results);
    }
    return nullptr;
}

// xla_handlers() -> a capsule for each function, as jax.ffi.register_ffi_target takes them.
inline PyObject* handlers(PyObject*, PyObject*) {
    const auto capsule = [](void* (*function)(Call*)) {
        return PyCapsule_New(reinterpret_cast<void*>(function), "xla._CUSTOM_CALL_TARGET", nullptr);
    };
    constexpr auto tanh = Activation::tanh, sigmoid = Activation::sigmoid;
    return Py_BuildValue(
        "{sNsNsNsN}", "sigmajet_tanh_series", capsule(handler<activate<float, tanh>, activate<double, tanh>>),
        "sigmajet_sigmoid_series", capsule(handler<activate<float, sigmoid>, activate<double, sigmoid>>),
        "sigmajet_series_product", capsule(handler<multiply<float, false>, multiply<double, false>>),
        "sigmajet_series_correlation", capsule(handler<multiply<float, true>, multiply<double, true>>));
}

}  // namespace sigmajet::xla
