#pragma once
// nlohmann/json's classes are compiled once (json_templates.cpp), and not again in every file that
// uses them: it is part of the precompiled headers, which only the presets for development have.

#include <nlohmann/json.hpp>

extern template class nlohmann::basic_json<>;
extern template class nlohmann::basic_json<nlohmann::ordered_map>;
