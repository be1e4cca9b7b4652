// Compact data (class 62; Blue Book 4.3.10): values without their types, and a description of
// those.

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"
#include "stack/base/writer.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

constexpr std::int8_t buffer_id = 2;
constexpr std::int8_t columns_id = 3;
constexpr std::int8_t description_id = 5;
constexpr std::int8_t method_id = 6;
constexpr std::uint64_t on_read = 1;  // capture_method

/// A TypeDescription, as in a compact-array.
void describe(ByteBuffer& into, const DataView& value) {
    into.push_back(static_cast<Byte>(value.tag()));
    const auto elements = value.elements();
    if (!elements) {
        return;
    }
    const std::size_t count = elements->size();
    if (value.is(Tag::structure)) {
        into.push_back(static_cast<Byte>(count));
        for (const DataView& element : *elements) {
            describe(into, element);
        }
        return;
    }
    into.push_back(static_cast<Byte>(count >> 8));
    into.push_back(static_cast<Byte>(count));
    if (count > 0) {
        describe(into, *elements->begin());
    } else {
        into.push_back(static_cast<Byte>(Tag::null_data));
    }
}

/// The contents without tags.
void pack(ByteBuffer& into, const DataView& value) {
    if (const auto elements = value.elements()) {
        for (const DataView& element : *elements) {
            pack(into, element);
        }
        return;
    }
    const ByteView content = value.encoded().subspan(1);
    into.insert(into.end(), content.begin(), content.end());
}

struct Captured {
    ByteBuffer contents;
    ByteBuffer description;
};

Captured capture_now(const OwnObject& object) {
    Captured made;
    const auto columns = cosem::read_capture_objects(object.stored(columns_id))
                             .value_or(std::vector<cosem::CaptureObject>());
    made.description = {static_cast<Byte>(Tag::structure), static_cast<Byte>(columns.size())};
    for (const cosem::CaptureObject& column : columns) {
        const axdr::Data value = object.device.captured(column, object.now);
        describe(made.description, value.view());
        pack(made.contents, value.view());
    }
    return made;
}

axdr::Data octets_of(const ByteBuffer& octets) {
    return make_data([&](axdr::DataBuilder& builder) { builder.octet_string(octets); });
}

ActionResult capture(const OwnObject& object, const MethodCall&) {
    const Captured made = capture_now(object);
    object.store(buffer_id, octets_of(made.contents));
    object.store(description_id, octets_of(made.description));
    return ActionResult::success;
}

ActionResult reset(const OwnObject& object, const MethodCall&) {
    object.store(buffer_id, octets_of({}));
    return ActionResult::success;
}

class CompactData final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::integer, reset},
                                                  {2, Tag::integer, capture}};
        return all;
    }
    std::optional<axdr::Data> compute(const OwnObject& object, std::int8_t id) const override {
        if (object.number(method_id) != on_read || (id != buffer_id && id != description_id)) {
            return std::nullopt;
        }
        const Captured made = capture_now(object);
        return octets_of(id == buffer_id ? made.contents : made.description);
    }
    cosem::DataAccessResult judge(const OwnObject&, std::int8_t id,
                                  const DataView& value) const override {
        const bool fits = id == columns_id  ? value.elements() && value.elements()->size() < 128
                          : id == method_id ? value.unsigned_integer().value_or(9) <= on_read
                                            : true;
        return fits ? cosem::DataAccessResult::success : cosem::DataAccessResult::other_reason;
    }
    void written(const OwnObject& object, std::int8_t id) const override {
        if (id == columns_id) {
            object.store(buffer_id, octets_of({}));
            object.store(description_id, octets_of(capture_now(object).description));
        }
    }
};

}  // namespace

const ClassBehaviour& compact_data_behaviour() {
    static const CompactData behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
