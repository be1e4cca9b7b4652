// main() of every test program.
#define BOOST_TEST_MODULE dlms
#include <boost/test/unit_test.hpp>
