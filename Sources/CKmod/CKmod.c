#include "CKmod.h"
