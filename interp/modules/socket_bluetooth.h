// Bluetooth socket addresses as the Linux kernel lays them out (its user header is not part of the C library).
#pragma once

#include <cstdint>

namespace py {

enum BluetoothProtocol { kBluetoothL2cap = 0, kBluetoothHci = 1, kBluetoothSco = 2, kBluetoothRfcomm = 3 };
struct [[gnu::packed]] BluetoothAddress {
    uint8_t bytes[6];  // the last one is written first
};
struct BluetoothL2cap {
    uint16_t family;
    uint16_t psm;  // little endian
    BluetoothAddress address;
    uint16_t channel;
    uint8_t address_type;
};
struct BluetoothRfcomm {
    uint16_t family;
    BluetoothAddress address;
    uint8_t channel;
};
struct BluetoothHci {
    uint16_t family;
    uint16_t device;
    uint16_t channel;
};
struct BluetoothSco {
    uint16_t family;
    BluetoothAddress address;
};
static_assert(sizeof(BluetoothL2cap) == 14 && sizeof(BluetoothRfcomm) == 10 && sizeof(BluetoothHci) == 6 && sizeof(BluetoothSco) == 8);

}  // namespace py
