/* Swagger UI, packed, as scripts/fetch_swagger_ui.sh brings it. */
    .section .rodata
    .global dlms_swagger_ui_js
    .global dlms_swagger_ui_js_end
    .global dlms_swagger_ui_css
    .global dlms_swagger_ui_css_end
dlms_swagger_ui_js:
    .incbin SWAGGER_UI_JS
dlms_swagger_ui_js_end:
dlms_swagger_ui_css:
    .incbin SWAGGER_UI_CSS
dlms_swagger_ui_css_end:
    .section .note.GNU-stack,"",%progbits
