# The standard library image, linked in as bytes.
        .section .rodata
        .global adder_stdlib_image_begin
        .balign 4096
adder_stdlib_image_begin:
        .incbin ADDER_STDLIB_IMAGE
        .section .note.GNU-stack,"",@progbits
