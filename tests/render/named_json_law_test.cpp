// The law of named values: for every attribute and every method's parameter of the class table,
// Data -> JSON -> Data is the identity, for samples that are made from the table's own types.

#include <algorithm>
#include <bit>
#include <random>

#include <boost/test/unit_test.hpp>

#include "render/json_data.hpp"
#include "render/named_json.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/cosem/date_time.hpp"
#include "stack/cosem/interface_class.hpp"
#include "tests/support/octets.hpp"

namespace {

using dlms::Byte;
using dlms::ByteBuffer;
using dlms::axdr::Data;
using dlms::axdr::DataBuilder;
using dlms::axdr::Tag;
using dlms::cosem::InterfaceClass;
using dlms::cosem::Meaning;
using dlms::cosem::ValueType;
using dlms::render::data_from_json;
using dlms::render::decoded_json;
using dlms::render::Json;
using dlms::render::named_json;
using dlms::render::WriteTarget;
using Form = ValueType::Form;

constexpr int samples_of_each = 25;

/// Writes seeded samples of types.
class Samples {
public:
    explicit Samples(std::uint64_t seed) : random_(seed) {}

    Data of(const ValueType& type) {
        DataBuilder builder;
        put(builder, type, 0);
        return builder.finish().value();
    }

private:
    std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

    void put(DataBuilder& builder, const ValueType& type, int depth) {
        switch (type.form) {
            case Form::any: put_any(builder, depth); break;
            case Form::simple: put_simple(builder, type); break;
            case Form::structure: put_structure(builder, type, depth); break;
            case Form::array: {
                const std::uint64_t count = below(4);
                builder.array(count);
                for (std::uint64_t i = 0; i < count; ++i) {
                    put(builder, *type.item, depth + 1);
                }
                break;
            }
            case Form::choice:
                put(builder, *type.members[below(type.members.size())].type, depth);
                break;
        }
    }

    void put_structure(DataBuilder& builder, const ValueType& type, int depth) {
        if (type.members.empty()) {
            builder.structure(2);
            put_any(builder, depth + 1);
            put_any(builder, depth + 1);
            return;
        }
        builder.structure(type.members.size());
        for (const auto& member : type.members) {
            // A meter may also send another simple type than its class has, or nothing.
            const std::uint64_t whim = below(40);
            if (whim == 0) {
                builder.null();
            } else if (whim == 1) {
                put_any(builder, 9);
            } else {
                put(builder, *member.type, depth + 1);
            }
        }
    }

    void put_any(DataBuilder& builder, int depth) {
        constexpr Tag simple[] = {Tag::null_data,
                                  Tag::boolean,
                                  Tag::bit_string,
                                  Tag::double_long,
                                  Tag::double_long_unsigned,
                                  Tag::octet_string,
                                  Tag::visible_string,
                                  Tag::utf8_string,
                                  Tag::bcd,
                                  Tag::integer,
                                  Tag::long_,
                                  Tag::unsigned_,
                                  Tag::long_unsigned,
                                  Tag::long64,
                                  Tag::long64_unsigned,
                                  Tag::enum_,
                                  Tag::float32,
                                  Tag::float64,
                                  Tag::date_time,
                                  Tag::date,
                                  Tag::time,
                                  Tag::delta_integer,
                                  Tag::dont_care};
        if (depth < 4 && below(6) == 0) {
            const std::uint64_t count = below(4);
            below(2) == 0 ? builder.structure(count) : builder.array(count);
            for (std::uint64_t i = 0; i < count; ++i) {
                put_any(builder, depth + 1);
            }
            return;
        }
        ValueType type{.form = Form::simple, .tag = simple[below(std::size(simple))]};
        put_simple(builder, type);
    }

    void put_simple(DataBuilder& builder, const ValueType& type) {
        switch (type.tag) {
            case Tag::null_data: builder.null(); break;
            case Tag::dont_care: builder.dont_care(); break;
            case Tag::boolean: builder.boolean(below(2) == 1); break;
            case Tag::bit_string: {
                const std::size_t bits = type.size != 0 ? type.size : below(20);
                builder.bit_string(octets((bits + 7) / 8), bits);
                break;
            }
            case Tag::octet_string: builder.octet_string(octets_of(type)); break;
            case Tag::visible_string: builder.visible_string(dlms::as_text(text_octets())); break;
            case Tag::utf8_string:
                builder.utf8_string(below(3) == 0 ? "\u20AC and \u00E9" : "EUR");
                break;
            case Tag::date_time: builder.date_time(fixed<12>(date_time())); break;
            case Tag::date: builder.date(fixed<5>(octets(5))); break;
            case Tag::time: builder.time(fixed<4>(octets(4))); break;
            case Tag::float32: builder.float32(std::bit_cast<float>(octets4())); break;
            case Tag::float64:
                builder.float64(below(2) == 0 ? std::bit_cast<double>(random_()) : 0.1);
                break;
            case Tag::long64: builder.long64(static_cast<std::int64_t>(random_())); break;
            case Tag::long64_unsigned: builder.long64_unsigned(random_()); break;
            default: put_integer(builder, type); break;
        }
    }

    void put_integer(DataBuilder& builder, const ValueType& type) {
        if (!type.codes.empty() && below(4) != 0) {
            builder.enumerated(type.codes[below(type.codes.size())].code);
            return;
        }
        // The range of each type, by trying: the builder says what fits.
        for (const int bits : {32, 31, 16, 15, 8, 7}) {
            const auto value = static_cast<std::int64_t>(below(std::uint64_t{1} << bits));
            if (DataBuilder().integer_of(type.tag, value).finish()) {
                const bool can_be_negative =
                    DataBuilder().integer_of(type.tag, -value).finish().has_value();
                builder.integer_of(type.tag, can_be_negative && below(2) == 0 ? -value : value);
                return;
            }
        }
    }

    ByteBuffer octets_of(const ValueType& type) {
        switch (type.meaning) {
            case Meaning::date_time: return date_time();
            case Meaning::text: return below(4) == 0 ? octets(below(5)) : text_octets();
            default: return octets(type.size != 0 && below(10) != 0 ? type.size : below(20));
        }
    }

    ByteBuffer octets(std::size_t count) {
        ByteBuffer result(count);
        for (Byte& octet : result) {
            octet = static_cast<Byte>(random_());
        }
        return result;
    }
    template <std::size_t N>
    static std::array<Byte, N> fixed(const ByteBuffer& octets) {
        std::array<Byte, N> result{};
        std::ranges::copy(octets, result.begin());
        return result;
    }
    std::uint32_t octets4() { return static_cast<std::uint32_t>(random_()); }

    ByteBuffer text_octets() {
        ByteBuffer result(below(9));
        for (Byte& octet : result) {
            octet = static_cast<Byte>(0x20 + below(0x5F));
        }
        return result;
    }

    /// A moment, or one with parts that are not specified, or any octets.
    ByteBuffer date_time() {
        using dlms::cosem::DateTime;
        if (below(8) == 0) {
            return octets(12);
        }
        const auto deviation = static_cast<std::int16_t>(static_cast<int>(below(113)) * 15 - 840);
        DateTime value = dlms::cosem::date_time_from_local(
            static_cast<std::int64_t>(below(4'000'000'000)),
            below(2) == 0 ? DateTime::deviation_not_specified : deviation,
            static_cast<std::uint8_t>(below(2) == 0 ? 0 : random_()));
        const std::uint64_t gaps = below(2) == 0 ? 0 : random_();
        if ((gaps & 1) != 0) {
            value.date.day_of_week = dlms::cosem::Date::not_specified;
        }
        if ((gaps & 2) != 0) {
            value.time.hundredths = dlms::cosem::Time::not_specified;
        }
        if ((gaps & 4) != 0) {
            value.date.year = dlms::cosem::Date::year_not_specified;
        }
        if ((gaps & 8) != 0) {
            value.date.day_of_month = dlms::cosem::Date::last_day;
        }
        const auto encoded = encode(value);
        return {encoded.begin(), encoded.end()};
    }

    std::mt19937_64 random_;
};

std::string shown(const std::expected<Data, dlms::render::WriteFault>& data) {
    return data ? dlms::to_hex(data->encoded()) : data.error().message;
}

void require_law(const InterfaceClass& row, std::string_view name, const Data& data,
                 const Json& json, const std::expected<Data, dlms::render::WriteFault>& back) {
    BOOST_REQUIRE_MESSAGE(back && *back == data,
                          row.name << " version " << int{row.version} << ' ' << name << ": "
                                   << dlms::to_hex(data.encoded()) << " as " << json.dump()
                                   << " becomes " << shown(back));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(named_json_law)

BOOST_AUTO_TEST_CASE(every_attribute_reads_back) {
    Samples samples(1);
    for (const InterfaceClass& row : dlms::cosem::interface_classes()) {
        for (const auto& attribute : row.attributes) {
            for (int i = 0; i < samples_of_each; ++i) {
                const Data data = samples.of(*attribute.type);
                const Json json = Json::parse(named_json(data.view(), *attribute.type).dump());
                WriteTarget target;
                target.attribute = {row.id, {}, attribute.id};
                target.version = row.version;
                require_law(row, attribute.name, data, json, data_from_json(json, target, {}));
                // With what the meter shows beside it, as a client has it; where that has another
                // shape than the class, the class table does not count.
                if (fit(*attribute.type, data.view()) != dlms::cosem::Fit::none) {
                    target.present = data.view();
                    require_law(row, attribute.name, data, json, data_from_json(json, target, {}));
                }
                // And behind the attribute's own name.
                const Json named{{std::string(attribute.name), json}};
                require_law(row, attribute.name, data, named, data_from_json(named, target, {}));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(every_attribute_reads_back_when_the_version_is_not_known) {
    Samples samples(2);
    for (const InterfaceClass& row : dlms::cosem::interface_classes()) {
        for (const auto& attribute : row.attributes) {
            const Data data = samples.of(*attribute.type);
            WriteTarget target;
            target.attribute = {row.id, {}, attribute.id};
            target.present = data.view();
            const auto json = decoded_json(target.attribute, data.view());
            if (json) {
                require_law(row, attribute.name, data, *json, data_from_json(*json, target, {}));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(every_parameter_reads_back) {
    Samples samples(3);
    for (const InterfaceClass& row : dlms::cosem::interface_classes()) {
        for (const auto& method : row.methods) {
            for (int i = 0; i < samples_of_each; ++i) {
                const Data data = samples.of(*method.parameter);
                const Json json = named_json(data.view(), *method.parameter);
                require_law(row, method.name, data, json,
                            data_from_json(json, *method.parameter, {}));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
