#include "hub/hub.h"
