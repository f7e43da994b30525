// Joining index and builder.
#include "cli/package_supply.h"

#include "cli/target.h"

namespace cli {

PackageSupply::PackageSupply(Context& context, const pkg::Manifest* manifest)
    : index(index_settings(context, manifest), context.cache(), nullptr), builder(context, index) {
    if (manifest) builder.use_settings_of(*manifest);
    index.set_builder(&builder);
}

}  // namespace cli
