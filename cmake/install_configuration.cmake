# Runs at install time: the configuration, its userlist and the systemd unit, with the paths of the prefix.
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(SYSCONFDIR /etc/weir)
else()
  set(SYSCONFDIR ${CMAKE_INSTALL_PREFIX}/etc/weir)
endif()
set(BINDIR ${CMAKE_INSTALL_PREFIX}/${WEIR_BINDIR})
set(destination $ENV{DESTDIR}${SYSCONFDIR})

file(MAKE_DIRECTORY ${destination})
set(ini ${destination}/weir.ini)
if(EXISTS ${ini})
  set(ini ${ini}.sample)
endif()
configure_file(${WEIR_SOURCE_DIR}/deploy/weir.ini.in ${ini} @ONLY)
message(STATUS "Installing: ${ini}")

# Secrets: for the owner and the group only.
set(userlist ${destination}/userlist.txt)
if(NOT EXISTS ${userlist})
  configure_file(${WEIR_SOURCE_DIR}/deploy/userlist.txt ${userlist} COPYONLY FILE_PERMISSIONS
    OWNER_READ OWNER_WRITE GROUP_READ)
  message(STATUS "Installing: ${userlist}")
endif()

set(unit $ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/lib/systemd/system/weir.service)
configure_file(${WEIR_SOURCE_DIR}/deploy/weir.service.in ${unit} @ONLY)
message(STATUS "Installing: ${unit}")
