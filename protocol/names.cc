#include "protocol/message_type.h"
