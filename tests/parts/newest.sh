# weir with the newest librdkafka: builds without a warning, and what depends on that library passes.
. "$(dirname "$0")/lib.sh"
need_cmocka
have_venv || exit 0
compgen -G 'build/librdkafka/*.tgz' >/dev/null || need npm
check "tools/newest_librdkafka.sh builds it" tools/newest_librdkafka.sh >"$logs/newest-path" || exit 0
path=$(cat "$logs/newest-path")
needed=(weir weir-target weir-responder proto_tests)
build newest gcc -Dwerror=true "-Dpkg_config_path=$path"

# What weir says it runs with is what was built.
is_the_newest() {
    [ "$("$trees/newest/weir" --version | sed -n 's/^librdkafka //p')" = \
        "$(PKG_CONFIG_PATH=$path pkg-config --modversion rdkafka)" ]
}

check "weir runs with it" is_the_newest || true
unit_tests newest 1 proto
may_repeat=3
flow_tests newest newest -m exact "${side_by_side[@]}" \
    tests/flow/test_{broker,consume,lag,produce,produce_trouble,rr,rr_trouble,script_kafka,script_rpc}.py
flow_tests newest newest-real -m real tests/flow/test_real_librdkafka.py
