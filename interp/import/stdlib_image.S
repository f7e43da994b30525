# The standard library image, linked in as bytes.
        .section .rodata
        .global adder_stdlib_image_begin
        .global adder_stdlib_image_end
        .balign 4096
adder_stdlib_image_begin:
        .incbin ADDER_STDLIB_IMAGE
adder_stdlib_image_end:
        .byte 0
        .section .note.GNU-stack,"",@progbits
