#pragma once

/// Everything that a program on dataframes needs; link the target tusk_dataframe. Begin with
/// dataframe/api/dataframe.h, or with jobs/tpch/tpch.cc.

#include "common/base/status_macros.h"
#include "dataframe/api/column_ref.h"
#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "dataframe/api/group_by.h"
#include "dataframe/api/session.h"
#include "dataframe/api/window.h"
#include "dataframe/sql/sql.h"
