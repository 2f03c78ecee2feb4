#include "pooler/console/show_config.h"

#include "conf/setting_table.h"
#include "pooler/console/columns.h"

namespace pooler {

ResultSet show_config(const conf::Settings& settings) {
    ResultSet set(columns::kConfig);
    for (const conf::ShowRow& row : conf::show_config(settings)) {
        set.row().text(row.key).text_or_null(row.value).text_or_null(row.default_value);
        set.text(row.changeable ? "yes" : "no");
    }
    return set;
}

}  // namespace pooler
