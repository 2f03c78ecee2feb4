# What `cmake --install` places. Paths are filled in at that moment, since --prefix may differ from the configured one.
# Under /usr the configuration goes to /etc, else into the prefix. An existing configuration is kept.
install(TARGETS weir RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES deploy/weir.sysusers DESTINATION lib/sysusers.d RENAME weir.conf)
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(CODE "set(WEIR_SOURCE_DIR \"${PROJECT_SOURCE_DIR}\")
set(WEIR_BINDIR \"${CMAKE_INSTALL_BINDIR}\")")
install(SCRIPT cmake/install_configuration.cmake)
