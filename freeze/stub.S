# adder-rt, linked in as bytes.
        .section .rodata
        .global adder_stub_begin
        .global adder_stub_end
        .balign 64
adder_stub_begin:
        .incbin ADDER_STUB
adder_stub_end:
        .byte 0
        .section .note.GNU-stack,"",@progbits
