#include "render/json_data.hpp"

#include <algorithm>

#include "render/attribute_table.hpp"
#include "render/json_quote.hpp"
#include "render/json_scalar.hpp"
#include "stack/axdr/compact_array.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/base/limits.hpp"

namespace dlms::render {
namespace {

using axdr::Data;
using axdr::DataBuilder;
using axdr::DataView;
using axdr::Tag;
using cosem::ValueType;
using Form = ValueType::Form;

using Made = std::expected<Data, WriteFault>;

std::string_view member_text(const Json& object, const char* key) {
    return object.at(key).get_ref<const std::string&>();
}

bool is_composite(Tag tag) {
    return tag == Tag::array || tag == Tag::structure || tag == Tag::compact_array;
}

/// Whether a value of the tag can stand where the type belongs: the meaning of octets and numbers
/// goes with other simple types too.
bool accepts(const ValueType& type, Tag tag) {
    const std::optional<Tag> own = tag_of(type);
    const bool is_packed = own == Tag::array && tag == Tag::compact_array;
    return !own || *own == tag || is_packed || (!is_composite(*own) && !is_composite(tag));
}

/// Whether a list may be the members of a structure of the type, in order.
bool has_room_for(const ValueType& type, const Json& list) {
    const auto is_as_long = [&list](const ValueType& structure) {
        return structure.form != Form::structure || structure.members.empty() ||
               structure.members.size() == list.size();
    };
    if (!list.is_array()) {
        return true;
    }
    return type.form != Form::choice
               ? is_as_long(type)
               : std::ranges::any_of(type.members, [&](const cosem::TypeMember& alternative) {
                     return alternative.type->form != Form::simple && is_as_long(*alternative.type);
                 });
}

/// What is known of the place that a value is made for.
struct Place {
    std::optional<Tag> tag;           ///< as the caller or the value asks for it
    const ValueType* type = nullptr;  ///< as the class table has it
    std::optional<DataView> present;  ///< what the meter shows there
};

/// The list of names for a message.
std::string member_names(const ValueType& type) {
    std::string text;
    for (const cosem::TypeMember& member : type.members) {
        text += (text.empty() ? "" : ", ") + std::string(member.name);
    }
    return text;
}

/// One value on its way into a Data.
class Writing {
public:
    explicit Writing(const WriteOptions& options) : options_(options) {}
    Writing(const WriteTarget& target, const WriteOptions& options) : options_(options) {
        if (options.octet_hint) {
            hint_ = options.octet_hint(target.attribute);
        }
        if (target.scaler_unit &&
            is_register_value(target.attribute.class_id, target.attribute.attribute_id)) {
            unit_ = shown_unit(*target.scaler_unit, options.energy_unit);
        }
    }

    /// Puts a member's name behind the path of messages.
    void enter(std::string_view member) { where_ += '.' + std::string(member); }

    Made make(const Json& value, Place place) {
        if (depth_ > limits::max_data_depth) {
            return refuse("at most " + std::to_string(limits::max_data_depth) + " levels", value);
        }
        if (value.is_object() && value.contains("type") && value.contains("value")) {
            return make_typed(value, place);
        }
        if (place.type != nullptr && place.type->form == Form::any) {
            place.type = nullptr;
        }
        if (place.type != nullptr && place.type->form == Form::choice) {
            return make_choice(value, place);
        }
        const std::optional<Tag> tag = tag_for(place);
        if (has_only(value, "hex")) {
            return value.at("hex").is_string() ? make_hex(member_text(value, "hex"), tag, value)
                                               : refuse("hexadecimal text", value);
        }
        if (tag && !is_integer_type(*tag) && has_only(value, "raw") &&
            value.at("raw").is_string()) {
            return make_hex(member_text(value, "raw"), tag, value);
        }
        if (!tag) {
            return fault(
                "the type of the attribute is not known: give data_type, or the A-XDR octets as "
                "{\"hex\": \"...\"}");
        }
        if (*tag == Tag::compact_array) {
            return make_compact_array(value, place);
        }
        if (place.present && !place.present->is(*tag)) {
            place.present.reset();
        }
        place.tag = tag;
        return *tag == Tag::array || *tag == Tag::structure ? make_composite(value, place)
                                                            : make_scalar(value, place);
    }

private:
    std::unexpected<WriteFault> fault(std::string message) const {
        return std::unexpected(WriteFault{where_ + ": " + std::move(message)});
    }
    std::unexpected<WriteFault> refuse(std::string_view expected, const Json& got) const {
        return fault("expected " + std::string(expected) + ", got " + quote(got));
    }

    /// A meter that uses another simple type than its class is written to in the meter's.
    static std::optional<Tag> tag_for(const Place& place) {
        if (place.tag) {
            return place.tag;
        }
        const std::optional<Tag> present =
            place.present ? std::optional(place.present->tag()) : std::nullopt;
        if (place.type == nullptr) {
            return present;
        }
        const std::optional<Tag> own = tag_of(*place.type);
        const bool has_other =
            present && *present != Tag::null_data && own && accepts(*place.type, *present);
        return has_other ? present : own;
    }

    Made make_typed(const Json& value, Place place) {
        const std::optional<Tag> tag = tag_from_json(value.at("type"));
        if (!tag) {
            return refuse("the name or number of a type", value.at("type"));
        }
        const Json& inner = value.at("value");
        place.tag = tag;
        if (place.type != nullptr &&
            (!accepts(*place.type, *tag) || !has_room_for(*place.type, inner))) {
            place.type = nullptr;
        }
        // Its text is text.
        if (place.type != nullptr && place.type->form == Form::simple && tag == Tag::octet_string &&
            place.type->meaning == cosem::Meaning::none) {
            place.type = nullptr;
        }
        // What says its type by itself need not be as long as what is there.
        const auto elements =
            place.present ? place.present->elements() : fail(ErrorCode::type_mismatch, Layer::axdr);
        if (elements && elements->size() != inner.size()) {
            place.present.reset();
        }
        ++depth_;
        Made made = make(inner, place);
        --depth_;
        return made;
    }

    /// The alternative that the meter shows, else the first that the value fits.
    Made make_choice(const Json& value, const Place& place) {
        std::vector<const ValueType*> alternatives;
        for (const cosem::TypeMember& member : place.type->members) {
            const std::optional<Tag> own = tag_of(*member.type);
            if (place.tag && own != place.tag) {
                continue;
            }
            const bool is_shown =
                place.present && fit(*member.type, *place.present) == cosem::Fit::exact;
            alternatives.insert(is_shown ? alternatives.begin() : alternatives.end(), member.type);
        }
        if (alternatives.empty()) {
            // The value names a type that the class does not foresee.
            Place other = place;
            other.type = nullptr;
            return make(value, other);
        }
        std::string expected;
        for (const ValueType* alternative : alternatives) {
            Place one = place;
            one.type = alternative;
            const std::size_t length = where_.size();
            const std::size_t depth = depth_;
            Made made = make(value, one);
            if (made) {
                return made;
            }
            where_.resize(length);
            depth_ = depth;
            expected += (expected.empty() ? "" : ", or ") + text_of(*alternative);
        }
        return refuse(expected, value);
    }

    static std::string text_of(const ValueType& type) {
        if (type.form == Form::structure && !type.members.empty()) {
            return "an object of " + member_names(type);
        }
        const std::optional<Tag> tag = tag_of(type);
        return tag == Tag::null_data ? "null" : tag ? std::string(name(*tag)) : "any value";
    }

    Made make_hex(std::string_view hex, std::optional<Tag> tag, const Json& value) const {
        MadeScalar made = data_from_hex(hex, tag);
        if (!made) {
            return refuse(made.error(), value);
        }
        return std::move(*made);
    }

    Made make_scalar(const Json& value, const Place& place) const {
        ScalarTarget target;
        target.tag = *place.tag;
        target.type = place.type;
        target.present = place.present;
        if (structures_ == 0) {
            target.hint = hint_;
        }
        if (depth_ == 0) {
            target.unit = unit_;
        }
        MadeScalar made = scalar_from_json(value, target, options_.local_from_utc);
        if (!made) {
            return refuse(made.error(), value);
        }
        return std::move(*made);
    }

    /// The elements of an array, packed.
    Made make_compact_array(const Json& value, Place place) {
        const auto compact = place.present ? place.present->compact_array()
                                           : fail(ErrorCode::type_mismatch, Layer::axdr);
        const Result<Data> unrolled =
            compact ? compact->to_array() : fail(ErrorCode::type_mismatch, Layer::axdr);
        if (unrolled) {
            place.present = unrolled->view();
        }
        place.tag = Tag::array;
        const Made list = make_composite(value, place);
        if (!list) {
            return list;
        }
        Result<Data> packed = axdr::to_compact_array(list->view());
        if (!packed) {
            return refuse("one element or more, all of one type", value);
        }
        return std::move(*packed);
    }

    Made make_composite(const Json& value, const Place& place) {
        const bool has_members =
            *place.tag == Tag::structure && place.type != nullptr && !place.type->members.empty();
        if (value.is_object() && has_members) {
            return make_members(value, place);
        }
        if (!value.is_array()) {
            return refuse(has_members ? "an object of " + member_names(*place.type)
                                      : "a list, or {\"hex\": \"...\"} with the A-XDR octets",
                          value);
        }
        const auto elements =
            place.present ? place.present->elements() : fail(ErrorCode::type_mismatch, Layer::axdr);
        const std::optional<std::size_t> size =
            has_members                                ? std::optional(place.type->members.size())
            : *place.tag == Tag::structure && elements ? std::optional(elements->size())
                                                       : std::nullopt;
        if (size && *size != value.size()) {
            return refuse("a list of " + std::to_string(*size) + " elements", value);
        }
        return make_elements(value, place);
    }

    Made make_elements(const Json& list, const Place& place) {
        const bool is_structure = *place.tag == Tag::structure;
        DataBuilder builder;
        is_structure ? builder.structure(list.size()) : builder.array(list.size());
        PresentElements present(place.present);
        for (std::size_t i = 0; i < list.size(); ++i) {
            Place element{{}, element_type(place, i), present.next()};
            Made made = make_within('[' + std::to_string(i) + ']', list[i], element, is_structure);
            if (!made) {
                return made;
            }
            builder.element(made->view());
        }
        return finish(builder, list);
    }

    static const ValueType* element_type(const Place& place, std::size_t index) {
        if (place.type == nullptr) {
            return nullptr;
        }
        if (place.type->form == Form::array) {
            return place.type->item;
        }
        return index < place.type->members.size() ? place.type->members[index].type : nullptr;
    }

    Made make_members(const Json& object, const Place& place) {
        const ValueType& type = *place.type;
        for (const auto& given : object.items()) {
            const bool known =
                std::ranges::any_of(type.members, [&given](const cosem::TypeMember& candidate) {
                    return cosem::is_same_name(candidate.name, given.key());
                });
            if (!known) {
                return fault("unknown member " + quote(given.key()) + "; expected " +
                             member_names(type));
            }
        }
        DataBuilder builder;
        builder.structure(type.members.size());
        PresentElements present(place.present);
        for (const cosem::TypeMember& member : type.members) {
            const Json* found = nullptr;
            for (const auto& [key, candidate] : object.items()) {
                if (!cosem::is_same_name(member.name, key)) {
                    continue;
                }
                if (found != nullptr) {
                    return fault("member \"" + std::string(member.name) + "\" stands twice");
                }
                found = &candidate;
            }
            if (found == nullptr) {
                return fault("member \"" + std::string(member.name) + "\" is missing; expected " +
                             member_names(type));
            }
            Made made = make_within('.' + std::string(member.name), *found,
                                    Place{{}, member.type, present.next()}, true);
            if (!made) {
                return made;
            }
            builder.element(made->view());
        }
        return finish(builder, object);
    }

    Made make_within(const std::string& step, const Json& value, const Place& place,
                     bool is_structure) {
        const std::size_t length = where_.size();
        where_ += step;
        structures_ += is_structure ? 1U : 0U;
        ++depth_;
        Made made = make(value, place);
        --depth_;
        structures_ -= is_structure ? 1U : 0U;
        if (made) {
            where_.resize(length);
        }
        return made;
    }

    Made finish(DataBuilder& builder, const Json& got) const {
        Result<Data> data = builder.finish();
        if (!data) {
            return refuse("elements within the limits", got);
        }
        return std::move(*data);
    }

    /// The elements that the meter shows, one after another; those of an array begin anew with the
    /// first when they are used up.
    class PresentElements {
    public:
        explicit PresentElements(const std::optional<DataView>& present) {
            const auto elements =
                present ? present->elements() : fail(ErrorCode::type_mismatch, Layer::axdr);
            if (elements) {
                elements_ = *elements;
                next_ = elements_->begin();
            }
        }

        std::optional<DataView> next() {
            if (!elements_ || elements_->empty()) {
                return std::nullopt;
            }
            if (next_ == elements_->end()) {
                return *elements_->begin();
            }
            const DataView element = *next_;
            ++next_;
            return element;
        }

    private:
        std::optional<axdr::ElementRange> elements_;
        axdr::ElementRange::Iterator next_;
    };

    const WriteOptions& options_;
    std::optional<OctetEncoding> hint_;
    std::optional<ShownUnit> unit_;
    std::string where_ = "value";
    std::size_t structures_ = 0;  ///< around the value that is being made
    std::size_t depth_ = 0;
};

/// The types that the attribute may have, the likeliest first; none where the class table does not
/// count.
std::vector<const ValueType*> likely_types(const WriteTarget& target) {
    std::vector<const ValueType*> types =
        attribute_types(target.attribute.class_id, target.attribute.attribute_id, target.version);
    if (target.type) {
        std::erase_if(types, [&](const ValueType* type) { return !accepts(*type, *target.type); });
    }
    if (target.present) {
        const auto how = [&](const ValueType* type) { return fit(*type, *target.present); };
        std::erase_if(types, [&](const ValueType* type) { return how(type) == cosem::Fit::none; });
        // Those that fit alike stay in their order.
        std::vector<const ValueType*> best_first;
        for (const ValueType* type : types) {
            const auto worse = std::ranges::find_if(
                best_first, [&](const ValueType* other) { return how(other) < how(type); });
            best_first.insert(worse, type);
        }
        return best_first;
    }
    return types;
}

/// The value behind the attribute's own name; nullptr where the value is not such an object.
const Json* behind_its_name(const Json& value, const WriteTarget& target,
                            const cosem::ClassAttribute* attribute) {
    if (attribute == nullptr || !value.is_object() || value.size() != 1 ||
        !cosem::is_same_name(value.begin().key(), attribute->name)) {
        return nullptr;
    }
    for (const ValueType* type : likely_types(target)) {
        if (type->form == Form::structure && type->members.size() == 1 &&
            cosem::is_same_name(type->members[0].name, attribute->name)) {
            return nullptr;
        }
    }
    return &*value.begin();
}

}  // namespace

std::optional<Tag> tag_from_json(const Json& data_type) {
    if (data_type.is_number_integer()) {
        const std::int64_t number = data_type.get<std::int64_t>();
        const bool is_octet = number >= 0 && number <= 0xFF;
        const auto tag = static_cast<Tag>(is_octet ? number : 0);
        return is_octet && axdr::info(tag).shape != axdr::Shape::unknown ? std::optional(tag)
                                                                         : std::nullopt;
    }
    const std::string* text = data_type.get_ptr<const std::string*>();
    if (text == nullptr) {
        return std::nullopt;
    }
    std::string name = *text;
    std::ranges::transform(name, name.begin(), [](char c) {
        return c == '_' || c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return axdr::tag_from_name(name);
}

bool says_its_type(const Json& value) {
    return value.is_object() &&
           (value.contains("hex") || (value.contains("type") && value.contains("value")));
}

std::expected<Data, WriteFault> data_from_json(const Json& value, const WriteTarget& target,
                                               const WriteOptions& options) {
    const cosem::ClassAttribute* attribute =
        cosem::find_attribute(target.attribute.class_id, target.attribute.attribute_id);
    const Json* inner = behind_its_name(value, target, attribute);
    const auto make = [&](const ValueType* type) {
        Writing writing(target, options);
        if (inner != nullptr) {
            writing.enter(attribute->name);
        }
        return writing.make(inner != nullptr ? *inner : value,
                            Place{target.type, type, target.present});
    };
    const std::vector<const ValueType*> types = likely_types(target);
    if (types.empty()) {
        return make(nullptr);
    }
    Made first = make(types.front());
    for (std::size_t i = 1; i < types.size() && !first; ++i) {
        Made other = make(types[i]);
        if (other) {
            return other;
        }
    }
    return first;
}

std::expected<Data, WriteFault> data_from_json(const Json& value, const ValueType& type,
                                               const WriteOptions& options) {
    return Writing(options).make(value, Place{{}, &type, {}});
}

std::expected<std::vector<NamedAttribute>, WriteFault> attributes_from_json(
    const Json& object, std::uint16_t class_id, std::optional<std::uint8_t> version) {
    const auto fault = [](std::string message) {
        return std::unexpected(WriteFault{"value: " + std::move(message)});
    };
    const cosem::InterfaceClass* row =
        version ? cosem::find_class(class_id, *version) : cosem::find_class(class_id);
    if (!object.is_object()) {
        return fault("expected an object of attributes, got " + quote(object));
    }
    if (row == nullptr) {
        return fault("class " + std::to_string(class_id) + " is not known here");
    }
    std::vector<NamedAttribute> attributes;
    for (const auto& [key, value] : object.items()) {
        const cosem::ClassAttribute* attribute = cosem::find_attribute(*row, key);
        if (attribute == nullptr) {
            return fault(std::string(row->name) + " has no attribute " + quote(key));
        }
        if (std::ranges::find(attributes, attribute->id, &NamedAttribute::attribute_id) !=
            attributes.end()) {
            return fault("attribute \"" + std::string(attribute->name) + "\" stands twice");
        }
        attributes.push_back({attribute->id, &value});
    }
    return attributes;
}

}  // namespace dlms::render
