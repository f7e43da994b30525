# The characters of East Asian encodings, as text.
        .section .rodata
        .global adder_cjk_chinese
        .global adder_cjk_japanese
        .global adder_cjk_korean
adder_cjk_chinese:
        .incbin "cjk_chinese.txt"
        .byte 0
adder_cjk_japanese:
        .incbin "cjk_japanese.txt"
        .byte 0
adder_cjk_korean:
        .incbin "cjk_korean.txt"
        .byte 0
        .section .note.GNU-stack,"",@progbits
