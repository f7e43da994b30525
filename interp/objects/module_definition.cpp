// PyModuleDef: what extension modules say about themselves; its hooks in a module's life.
#include "interp/objects/module_definition.h"

namespace py {

void module_definition_free(Module* module) {
    // A module whose state was never made has nothing to free.
    ModuleDef* definition = module->definition;
    if (definition->free && (definition->size <= 0 || module->state)) definition->free(module);
}
int module_definition_traverse(Module* module, Visit visit, void* arg) {
    ModuleDef* definition = module->definition;
    bool has_state = definition->size <= 0 || module->state;
    return definition->traverse && has_state ? definition->traverse(module, visit, arg) : 0;
}
void module_definition_clear(Module* module) {
    ModuleDef* definition = module->definition;
    if (definition->clear && (definition->size <= 0 || module->state)) definition->clear(module);
}

constinit Type module_definition_type = static_type({
    .name = "moduledef",
    .basic_size = sizeof(ModuleDef),
});

}  // namespace py
